"""Online stores: SQLite in this process, Redis or Valkey for many, behind one interface."""
