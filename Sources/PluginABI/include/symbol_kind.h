/* For the loader, not for plugins: what kind of thing a symbol is. */
#ifndef LOSSKIT_SYMBOL_KIND_H
#define LOSSKIT_SYMBOL_KIND_H

#include <stdbool.h>

/* Whether the symbol at an address is known to be no function. Only the GNU library tells; elsewhere
 * nothing is known. */
bool losskit_is_data(const void *address);

#endif
