#include "losskit_plugin.h"
