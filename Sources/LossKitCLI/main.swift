import Foundation
import LossKit

exit(
  PluginExit.guarding("losskit") {
    LossKitTool.tool.run(Array(CommandLine.arguments.dropFirst()), output: .process())
  })
