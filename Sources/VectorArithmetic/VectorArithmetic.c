#include "VectorArithmetic.h"
