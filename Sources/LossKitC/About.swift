import CInterface
import CLibrary
import LossKit

@c @implementation
public func losskit_interface_version() -> UInt32 { LOSSKIT_INTERFACE_VERSION }

@c @implementation
public func losskit_about() -> UnsafeMutablePointer<CChar>! {
  text(
    JSONNode(
      JSONObject([
        "version": JSONNode(LossKitVersion.current),
        "instructions": JSONNode(Workers.standard.instructions.rawValue),
        "threads": JSONNode(Workers.standard.count),
        "recipes": JSONNode(DetectionRecipe.shippedNames.map { JSONNode($0) }),
      ])))
}

@c @implementation
public func losskit_text_free(_ text: UnsafeMutablePointer<CChar>!) { free(text) }
