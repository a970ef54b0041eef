import Foundation
import Testing

/// A training step allocates nothing after its warm-up, on no thread.
///
/// The steps are taken by the program `AllocationProbe` in a release build, where malloc is counted:
/// the one that `ALLOCATION_PROBE` names, as `make test` does, or else the one that lies in
/// `.build/release` and is not older than the sources. Without it the test fails.
@Suite struct AllocationTests {
  /// The cases that the probe must have, in its order.
  static let cases =
    [
      "w1a", "w1b", "w2", "w3_census", "w3_ads", "w4_shared", "w4_stitch", "w4_esmm", "w5_csn",
      "w6_metabalance", "short batches", "single-task", "sub-networks in turns", "contrast",
      "L2 soft sharing", "AITM", "ESCM²", "ESMM's base", "PLE, weights decaying",
      "gates' dropout and balance", "dropout", "dropout in stacked experts",
      "losses by a pass of their own", "youtube", "stem-net", "crossdistil", "one task off",
      "one task off, balanced",
      "clipping", "whole tables", "Adagrad", "row-wise Adagrad", "projected Adagrad",
      "SGD", "RMSprop", "momentum",
      "LAMB", "lists",
      "lists, L2 soft sharing", "MT-FwFM", "MRAN", "batch norm", "rank-and-rate",
      "by pieces, 3 threads", "by pieces, 5 threads", "dropout by pieces", "lists by pieces",
      "tables by pieces", "tables by pieces, row-wise Adagrad",
    ] + balancers.map { "balanced by \($0)" } + [
      "CAML", "CAML, sampled", "NRT", "greedy sentences", "sentences by a beam",
      "sampled sentences",
      "MTER", "Why I like it", "NARRE", "NARRE, asked by the other party", "two ranks",
      "two ranks that own rows",
    ]

  /// The names of the registry, in its order.
  private static let balancers = [
    "equal", "fixed", "random", "geometric", "uncertainty", "dwa", "gradnorm", "imtl-l", "stch",
    "famo", "pcgrad", "gradvac", "cagrad", "mgda", "imtl-g", "nash", "fairgrad", "aligned",
    "config", "upgrad", "dualproj", "gradcraft", "graddrop", "db-mtl", "excess", "metabalance",
    "cr-mogm",
  ]

  @Test func stepsAllocateNothing() throws {
    guard let (lines, status) = try Self.run() else { return }
    #expect(status == 0, "\(lines)")
    #expect(lines == Self.cases.map { "0 \($0)" })
  }

  /// One allocation in the last of the counted steps is noticed, and the probe fails by it.
  @Test func aStepThatAllocatesIsNoticed() throws {
    guard let (lines, status) = try Self.run(["witness"]) else { return }
    #expect(status == 1 && lines == ["1 a step that allocates"])
  }

  /// The lines of the probe and its exit status; nil on systems that cannot count.
  private static func run(_ arguments: [String] = []) throws -> (lines: [String], status: Int32)? {
    let process = Process()
    process.executableURL = try probe()
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #if os(Linux)
      #expect(!output.hasPrefix("skipped"), "\(output)")
    #endif
    guard !output.hasPrefix("skipped") else { return nil }
    return (output.split(separator: "\n").map(String.init), process.terminationStatus)
  }

  /// The release build of the probe.
  private static func probe() throws -> URL {
    if let path = ProcessInfo.processInfo.environment["ALLOCATION_PROBE"], !path.isEmpty {
      return URL(fileURLWithPath: path)
    }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let probe = root.appendingPathComponent(".build/release/AllocationProbe")
    guard let built = changed(probe) else {
      throw NoProbe(reason: "there is none in .build/release")
    }
    let sources = FileManager.default.enumerator(
      at: root.appendingPathComponent("Sources"), includingPropertiesForKeys: nil)
    while let file = sources?.nextObject() as? URL {
      guard ["swift", "c", "h"].contains(file.pathExtension), let newer = changed(file) else {
        continue
      }
      if newer > built { throw NoProbe(reason: "the one there is older than \(file.path)") }
    }
    return probe
  }

  private static func changed(_ file: URL) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: file.path))?[.modificationDate] as? Date
  }

  /// There is nothing to measure with.
  private struct NoProbe: Error, CustomStringConvertible {
    let reason: String

    var description: String {
      "only a release build allocates nothing, and \(reason); "
        + "run make test, or first: swift build -c release --product AllocationProbe"
    }
  }
}
