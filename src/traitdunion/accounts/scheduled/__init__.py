"""Work done each day or each week by the worker: what is due, who does it, how it went."""
