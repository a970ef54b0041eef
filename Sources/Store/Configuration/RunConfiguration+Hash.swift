internal import Foundation
public import Runs

extension RunConfiguration {
  /// What names the run: SHA-256 of what determines its bits, in 64 hexadecimal digits.
  ///
  /// It is taken of JSON with sorted keys. Threads, pace and waiting change no bit and take no part; of
  /// rows that are known by their content it does not matter where they lie. A property that came after
  /// the first runs were named takes no part at its default.
  ///
  /// Choices of a model or a balancer that are left out differ here from the same ones written out.
  public var hash: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A number that is none, which no key takes, makes a configuration of its own like any other.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { return SHA256.hash(try encoder.encode(deciding)).hexadecimal } catch {
      preconditionFailure("a configuration cannot be written: \(error)")
    }
  }

  /// The configuration with what decides nothing about the bits of the run set to nothing.
  private var deciding: RunConfiguration {
    var deciding = self
    deciding.advisedOptions = [:]
    deciding.threads = 0
    deciding.stepsPerSecondLimit = nil
    deciding.startsPaused = false
    if data.hash != nil { (deciding.data.name, deciding.data.folder) = ("", nil) }
    return deciding
  }
}
