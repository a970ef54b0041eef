import Foundation
import Runs
import Testing

@testable import mtl_tui

/// `--log`: every event as a line, in files that stay small, whatever the disk does.
@Suite struct EventLogTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "event-log-\(UUID().uuidString)")
  private var path: String { folder.appendingPathComponent("log.jsonl").path }

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func lines(_ suffix: String = "") -> [String]? {
    guard let text = try? String(contentsOfFile: path + suffix, encoding: .utf8) else { return nil }
    return text.split(separator: "\n").map(String.init)
  }

  private func clear() { try? FileManager.default.removeItem(at: folder) }

  @Test func everyEventIsALine() {
    defer { clear() }
    let events: [Event] = [
      .noticed("one \u{1b}[2J\nline", step: 3), .dropped(2), .failed(message: "no"),
    ]
    let link = LoggedLink(
      ScriptedLink(events), into: EventLog(RotatingFile(path, mostBytes: 10_000, kept: 1)))
    #expect(link.drainEvents() == events)
    #expect(link.drainEvents().isEmpty)
    #expect(lines() == events.map(\.json))
    // A log that is there is gone on with.
    let log = EventLog(RotatingFile(path, mostBytes: 10_000, kept: 1))
    #expect(log.write(.dropped(1)) == nil)
    #expect(lines()?.count == 4)
    #expect(
      log.write(
        CompareEvent.run(
          ComparedPlace(number: 2, count: 9, model: "mmoe", title: "MMoE", seed: 7), .dropped(5)))
        == nil)
    #expect(
      lines()?.last
        == #"{"run":2,"runs":9,"run_model":"mmoe","run_seed":7,"event":"dropped","count":5}"#)
    #expect(log.write(CompareEvent.notice("n")) == nil && lines()?.count == 5)
  }

  /// Of ten lines of 10 bytes in files of 35 bytes, three stand in each; two earlier files are kept.
  @Test func filesStaySmall() {
    defer { clear() }
    var file = RotatingFile(path, mostBytes: 35, kept: 2)
    for number in 0..<10 { file.append("123456 \(number)x", missing: { "\($0)" }) }
    #expect(lines() == ["123456 9x"])
    #expect(lines(".1") == ["123456 6x", "123456 7x", "123456 8x"])
    #expect(lines(".2") == ["123456 3x", "123456 4x", "123456 5x"])
    #expect(lines(".3") == nil && file.trouble == nil)
    // A line longer than a file stands alone in it.
    file.append(String(repeating: "y", count: 80), missing: { "\($0)" })
    #expect(lines()?.map(\.count) == [80] && lines(".1") == ["123456 9x"])
    var none = RotatingFile(path, mostBytes: 50, kept: 0)
    none.append("z", missing: { "\($0)" })
    #expect(lines() == ["z"])
  }

  /// Nobody reads: lines are missing, and nothing waits.
  @Test(.timeLimit(.minutes(1))) func aPipeIsNotWaitedFor() throws {
    defer { clear() }
    #expect(mkfifo(path, 0o600) == 0)
    var file = RotatingFile(path, mostBytes: 35, kept: 1)
    file.append("a", missing: { "\($0) missing" })
    #expect(file.missing == 1 && file.trouble != nil)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    file.append("b", missing: { "\($0) missing" })
    #expect(file.missing == 0 && file.trouble == nil)
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(reader, &bytes, 64)
    #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "1 missing\nb\n")
  }

  @Test func aFileThatIsMovedIsMadeAnew() throws {
    defer { clear() }
    var file = RotatingFile(path, mostBytes: 1_000, kept: 1)
    file.append("a", missing: { "\($0)" })
    try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
    file.append("b", missing: { "\($0)" })
    #expect(lines() == ["b"] && lines(".old") == ["a"])
  }

  /// What cannot be written is said once, and that it can again; what is missing is counted.
  @Test func aLogThatCannotBeWrittenEndsNothing() throws {
    defer { clear() }
    let away = folder.appendingPathComponent("later")
    let path = away.appendingPathComponent("log.jsonl").path
    let log = EventLog(RotatingFile(path, mostBytes: 1_000, kept: 1))
    let first = log.write(.dropped(1))
    #expect(first?.hasPrefix("--log \(path) cannot be written: No such file") == true)
    #expect(log.write(.dropped(2)) == nil)
    try FileManager.default.createDirectory(at: away, withIntermediateDirectories: true)
    #expect(log.write(.dropped(3)) == "--log \(path) is written again; 2 events are missing")
    let written = try String(contentsOfFile: path, encoding: .utf8)
    #expect(written == [Event.dropped(2), .dropped(3)].map { $0.json + "\n" }.joined())
    #expect(log.write(.dropped(4)) == nil)
  }

  @Test(.enabled(if: access("/dev/full", W_OK) == 0, "there is no /dev/full"))
  func aFullDiskEndsNothing() {
    defer { clear() }
    let link = LoggedLink(
      ScriptedLink([.noticed("n", step: 4), .dropped(1)]),
      into: EventLog(RotatingFile("/dev/full", mostBytes: 1_000, kept: 1)))
    let events = link.drainEvents()
    guard events.count == 3, case .noticed(let said, let step) = events[0] else {
      Issue.record("\(events)")
      return
    }
    #expect(said.contains("No space left") && said.contains("the run goes on") && step == 4)
    #expect(Array(events.dropFirst()) == [.noticed("n", step: 4), .dropped(1)])
  }

  @Test func sizesAreWrittenAsPeopleWriteThem() {
    let sizes = ["1000": 1_000, "500kB": 500_000, "10mb": 10_000_000, "1GB": 1_000_000_000]
    for (text, bytes) in sizes { #expect(LogSize(argument: text)?.bytes == bytes, "\(text)") }
    for text in ["", "0", "999", "-5MB", "10 MB", "tenMB", "1.5MB", "9999999999999GB", "MB"] {
      #expect(LogSize(argument: text) == nil, "\(text)")
    }
    #expect("\(LogSize(bytes: 10_000_000)) \(LogSize(bytes: 1_500))" == "10MB 1500")
  }
}

/// A run that says this and no more.
private final class ScriptedLink: TrainingLink, @unchecked Sendable {
  private var events: [Event]

  init(_ events: [Event]) { self.events = events }

  func send(_ command: Command) -> CommandTicket { CommandTicket(id: 1, command: command) }
  func show(_ views: WantedViews) {}
  func takeSnapshot() -> Snapshot? { nil }
  func drainLosses() -> [LossBin] { [] }
  func drainEvents() -> [Event] {
    defer { events = [] }
    return events
  }
}
