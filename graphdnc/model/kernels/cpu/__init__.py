"""The fast path on a CPU, with kernels in C++."""
