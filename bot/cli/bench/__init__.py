"""How fast is it, and does it stay so? docs/performance.md tells how each is measured."""
