# The steps themselves are scripts in bin/, where tests can run them without a container engine.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN bin/build-static && .venv/bin/python -m compileall -q accounts crm customers

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent crm \
    && install -d -o crm -g crm -m 700 /data \
    && install -d -o crm -g crm -m 755 /secrets
WORKDIR /app
COPY --from=build /app /app
# Everything belongs to root and may be mounted read-only; what changes is in /data.
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data HOST=0.0.0.0 PORT=8000
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 CMD ["bin/healthcheck"]
ENTRYPOINT ["bin/entrypoint"]
CMD ["bin/serve"]
