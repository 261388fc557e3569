#define _GNU_SOURCE
#include "symbol_kind.h"

#include <dlfcn.h>
#include <stddef.h>

#ifdef __GLIBC__
#include <elf.h>
#include <link.h>
#endif

bool losskit_is_data(const void *address) {
#ifdef __GLIBC__
  Dl_info info;
  const ElfW(Sym) *symbol = NULL;
  if (dladdr1(address, &info, (void **)&symbol, RTLD_DL_SYMENT) == 0 || symbol == NULL) return false;
  /* Another symbol may be the nearest one that has a name. */
  if (info.dli_saddr != address) return false;
  const int type = ELF64_ST_TYPE(symbol->st_info);
  return type != STT_FUNC && type != STT_GNU_IFUNC;
#else
  (void)address;
  return false;
#endif
}
