"""What tests share: stand-ins, made files, checks."""
