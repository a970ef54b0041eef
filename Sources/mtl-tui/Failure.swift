import Datasets
import Foundation
import Ranks

/// A message for a person and the exit code that goes with it.
struct Failure: Error, CustomStringConvertible {
  /// Results could not be written (EX_IOERR of sysexits.h).
  static let outputCode: Int32 = 74

  /// The message; empty where there is nothing to say.
  let message: String
  var exitCode: Int32 = 2
  var description: String { message }
}

/// Ends the program: the message goes to stderr.
func end(_ failure: Failure) -> Never {
  let rank = LaunchedRank.givingWay()
  if !failure.message.isEmpty {
    StandardError.writeLine("mtl-tui: \(rank)\(printableLines(failure.message))")
  }
  // Not `exit`: the engine's threads may still work, and what it tears down would be theirs.
  fflush(nil)
  _exit(failure.exitCode)
}

/// A text of several lines with everything else in it written out that a terminal might obey.
func printableLines(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false)
    .map { printable(String($0)) }.joined(separator: "\n")
}
