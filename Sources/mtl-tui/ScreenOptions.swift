import ArgumentParser
import Interface
import Terminal
import Training

/// How the explorer looks and how fast it goes.
struct ScreenOptions: ParsableArguments {
  @Option(help: "Characters of charts: braille, block or ascii.") var charset = Charset.braille
  @Option(help: "Colours: auto, 256, 16 or mono.") var color = ColorMode.auto
  @Option(help: "Frames a second at most.") var fps = 10.0
  @Option(
    help: """
      Steps a second at most, so that a small run can be watched; 0: no limit. (default: \
      \(Int(TrainingDefaults.samplePace)) on the sample, else 0)
      """)
  var pace: Double?
  @Flag(help: "Wait for P before the first step.") var paused = false
  @Flag(help: "Leave when the run has ended.") var leave = false

  func validate() throws {
    if let pace, pace != 0, !(0.001...1_000_000).contains(pace) {
      throw ValidationError("--pace must be 0, or from 0.001 to 1000000, found \(pace).")
    }
    guard fps > 0, fps <= 60 else {
      throw ValidationError("--fps must be above 0 and at most 60, found \(fps).")
    }
  }
}

extension Charset: ExpressibleByArgument {}
extension ColorMode: ExpressibleByArgument {}
