"""The tables of the replaced services, as their READMEs and their own migrations have them."""

MICROSERVICE = """
CREATE TABLE IF NOT EXISTS leads (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, email TEXT,
    status TEXT NOT NULL DEFAULT 'new', url TEXT
);
CREATE TABLE IF NOT EXISTS actions (
    id INTEGER PRIMARY KEY AUTOINCREMENT, lead_id INTEGER, action_type TEXT, details TEXT,
    timestamp TEXT NOT NULL DEFAULT (datetime('now', 'localtime'))
);
CREATE TABLE IF NOT EXISTS processes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, lead_id INTEGER, channel TEXT,
    last_action_id INTEGER, next_followup_datetime TEXT, status TEXT
);
"""

MINI_CRM = """
CREATE TYPE userrole AS ENUM ('ADMIN', 'SALES', 'MANAGEMENT');
CREATE TYPE clienttype AS ENUM ('NATURAL', 'JURIDICAL');
CREATE TYPE leadchannel AS ENUM ('WEB', 'WHATSAPP', 'INSTAGRAM', 'MANUAL');
CREATE TYPE leadstatus AS ENUM ('NEW', 'CONTACTED', 'QUOTED', 'CLOSED', 'DISCARDED');
CREATE TABLE users (
    id SERIAL PRIMARY KEY, username VARCHAR(50) UNIQUE NOT NULL, email VARCHAR(255) UNIQUE,
    hashed_password VARCHAR(255) NOT NULL, role userrole NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT true,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(), updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE clients (
    id SERIAL PRIMARY KEY, client_type clienttype NOT NULL, contact_name VARCHAR(150) NOT NULL,
    company_name VARCHAR(150), phone VARCHAR(20) UNIQUE, email VARCHAR(255), instagram VARCHAR(100),
    address VARCHAR(500), country VARCHAR(100),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(), updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE leads (
    id SERIAL PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES clients (id),
    channel leadchannel NOT NULL, status leadstatus NOT NULL DEFAULT 'NEW',
    admin_notes TEXT, sales_notes TEXT,
    created_by_id INTEGER NOT NULL REFERENCES users (id),
    assigned_to_id INTEGER REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(), updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE TABLE audit_logs (
    id SERIAL PRIMARY KEY, table_name VARCHAR(50) NOT NULL, record_id INTEGER NOT NULL,
    action VARCHAR(20) NOT NULL, old_values JSON, new_values JSON,
    changed_by_id INTEGER NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
"""

THE_CRM_SERVICE = """
CREATE TABLE "user" (
    id UUID PRIMARY KEY, username VARCHAR NOT NULL UNIQUE, password VARCHAR NOT NULL,
    dt_created TIMESTAMPTZ NOT NULL, dt_updated TIMESTAMPTZ, dt_deleted TIMESTAMPTZ,
    is_admin BOOLEAN NOT NULL
);
CREATE TABLE customer (
    id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, surname VARCHAR NOT NULL, photo_url VARCHAR,
    dt_created TIMESTAMPTZ NOT NULL, dt_updated TIMESTAMPTZ, dt_deleted TIMESTAMPTZ,
    created_by_id UUID NOT NULL REFERENCES "user" (id), updated_by_id UUID REFERENCES "user" (id)
);
"""

CRM_API = """
CREATE TABLE customers (
    id SERIAL PRIMARY KEY, name VARCHAR(100) NOT NULL, email VARCHAR(100) NOT NULL, age INTEGER,
    gender VARCHAR(10), country VARCHAR(100), address VARCHAR(255), phone VARCHAR(25),
    registered_at TIMESTAMP NOT NULL
);
"""
