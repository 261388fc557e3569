import Foundation

exit(LossKitTool.tool.run(Array(CommandLine.arguments.dropFirst()), output: .process()))
