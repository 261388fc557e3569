import LossKit
import TestSupport
import Testing
