@testable import ImageDecoding
import Testing

#if !canImport(ImageIO)
  struct SystemLibraryTests {
    @Test func `a library that is missing is named, with the package that has it`() {
      #expect { try SystemLibrary("libnothing.so.9", package: "nothing9") } throws: { error in
        "\(error)"
          == "needs libnothing.so.9 to be read, which isn't there: 'apt install nothing9' brings it on Debian "
          + "and Ubuntu; or convert the image to PPM"
      }
    }

    @Test func `so is a function that a library lacks`() throws {
      let library = try SystemLibrary("libc.so.6", package: "libc6")
      #expect {
        let _: @convention(c) () -> Void = try library.function("no_such_function")
      } throws: { error in
        "\(error)"
          == "needs the function no_such_function, which libc.so.6 doesn't have; install libc6 of a newer version"
      }
    }
  }
#endif
