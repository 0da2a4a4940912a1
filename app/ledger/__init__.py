"""The register's tamper-evident log: what the public was told, in an order nobody can change afterwards."""
