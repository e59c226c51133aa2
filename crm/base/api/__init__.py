"""What the API is made of: viewsets, serializers, lists, errors."""
