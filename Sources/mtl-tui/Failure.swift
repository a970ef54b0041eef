import Foundation

/// A message for a person and the exit code that goes with it.
struct Failure: Error, CustomStringConvertible {
  let message: String
  var exitCode: Int32 = 2
  var description: String { message }
}

extension FileHandle {
  /// Writes a line of text.
  func writeLine(_ text: String) { write(Data((text + "\n").utf8)) }
}

/// Ends the program: the message goes to stderr.
func end(_ failure: Failure) -> Never {
  FileHandle.standardError.writeLine("mtl-tui: \(failure.message)")
  exit(failure.exitCode)
}
