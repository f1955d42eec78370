"""How the registers are kept: engine, tables, migrations, and one repository per concern."""
