#include "losskit.h"
