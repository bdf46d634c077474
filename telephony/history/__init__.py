"""What the switch recorded by itself (CEL), and the calls that it tells of."""
