/* The machine that a training ran on. */
#ifndef CAMLABEL_MACHINE_H
#define CAMLABEL_MACHINE_H

#include <stddef.h>

/* Writes the CPU's name, cut to fit: what /proc/cpuinfo calls it, the board's name where it has
 * none (Raspberry Pi), else the architecture. */
void machine_cpu_name(char *name, size_t bytes);

#endif
