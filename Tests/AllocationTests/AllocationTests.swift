import Foundation
import Testing

/// A training step allocates nothing after its warm-up, on no thread.
///
/// The steps are taken by the program `AllocationProbe` in a release build, where malloc is counted;
/// `make test` builds it and names it in `ALLOCATION_PROBE`.
@Suite struct AllocationTests {
  static let probe = ProcessInfo.processInfo.environment["ALLOCATION_PROBE"] ?? ""

  @Test(
    .enabled(
      if: !probe.isEmpty,
      "only release builds allocate nothing: run make test, which builds the release probe"))
  func stepsAllocateNothing() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.probe)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let lines = output.split(separator: "\n")
    #expect(process.terminationStatus == 0, "\(output)")
    guard !output.hasPrefix("skipped") else { return }
    #expect(lines.count >= 8, "\(output)")
    for line in lines { #expect(line.hasPrefix("0 "), "allocations in 100 steps: \(line)") }
  }
}
