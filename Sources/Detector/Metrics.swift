// Who uses the detector measures it.
@_exported import Metrics
