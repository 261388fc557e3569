import Foundation
import LossKit

// Swift's runtime would first write a backtrace, which takes as long as the program is large.
signal(SIGQUIT, SIG_DFL)
exit(
  PluginExit.guarding("losskit") {
    LossKitTool.tool.run(Array(CommandLine.arguments.dropFirst()), output: .process())
  })
