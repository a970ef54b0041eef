import Foundation
import Runs
import Synchronization
import Testing

@testable import Watching

/// Whoever else finds the socket: garbage, other versions, other persons, long paths.
@Suite(.serialized) struct StrangerTests {
  /// What comes back for bytes that no watcher would send, until the other end closes.
  private func answer(_ bytes: [UInt8], in folder: String) throws -> [Frame] {
    let socket = try LocalSocket.connected(to: folder)
    defer { socket.close() }
    _ = bytes.withUnsafeBytes { socket.write($0) }
    var reader = FrameReader(mostBytes: 1 << 20)
    var frames: [Frame] = []
    var room = [UInt8](repeating: 0, count: 4_096)
    let isClosed = seconds {
      switch room.withUnsafeMutableBytes({ socket.read(into: $0) }) {
      case .bytes(let count): reader.append(room.prefix(count))
      case .wouldWait: break
      case .ended: return true
      }
      while let frame = try? reader.next() { frames.append(frame) }
      return false
    }
    #expect(isClosed != nil)
    while let frame = try reader.next() { frames.append(frame) }
    return frames
  }

  private func hello(_ version: Int) throws -> [UInt8] {
    try Frame(.hello, coding: Hello(protocolNumber: version, wantsControl: false)).bytes
  }

  @Test func whatIsNoMessageIsRefusedInWords() throws {
    let served = try ServedFolder()
    let strange: [[UInt8]] = [
      Array("GET / HTTP/1.1\r\n\r\n".utf8), [0, 0, 0, 0, 0], [255, 255, 255, 255, 1],
      [2, 0, 0, 0, 99, 1], Frame(.hello, [1, 2]).bytes, Frame(.snapshot).bytes,
      try Frame(.command, coding: CommandTicket(id: 1, command: .stop)).bytes,
      try hello(protocolNumber) + Frame(.views, text: "{}").bytes,
      try hello(protocolNumber) + hello(protocolNumber),
    ]
    for bytes in strange {
      let last = try answer(bytes, in: served.path).last
      #expect(last == Frame(.refused, text: "what was sent is no message of a watcher"))
    }
    // A watcher that only watches cannot steer, whatever its program is.
    let command = try Frame(.command, coding: CommandTicket(id: 1, command: .stop)).bytes
    let last = try answer(hello(protocolNumber) + command, in: served.path).last
    #expect(last == Frame(.refused, text: "commands need --control"))
    #expect(served.run.commands.isEmpty)
    let link = try served.attached()
    served.run.happens(.dropped(1))
    #expect(seconds { link.drainEvents() == [.dropped(1)] } != nil)
  }

  @Test func anotherVersionIsRefusedInWords() throws {
    let served = try ServedFolder()
    let frames = try answer(hello(protocolNumber + 1), in: served.path)
    #expect(frames.map(\.kind) == [.refused])
    #expect(frames.first?.text.contains("version \(protocolNumber + 1)") == true)
    // Keys that a later version may add are no reason not to understand who it is.
    let later = Frame(.hello, text: #"{"protocolNumber":7,"wantsControl":true,"colour":3}"#)
    #expect(try answer(later.bytes, in: served.path).first?.text.contains("version 7") == true)
  }

  /// Random bytes, whole and torn: the run is served on.
  @Test func anyBytesHarmNobody() throws {
    let served = try ServedFolder()
    var state: UInt64 = 20_261_127
    for round in 0..<60 {
      let socket = try LocalSocket.connected(to: served.path)
      var bytes = round % 2 == 0 ? try hello(protocolNumber) : []
      for _ in 0..<(round * 37 % 400) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(UInt8(state >> 56) % (round % 3 == 0 ? 12 : 255))
      }
      _ = bytes.withUnsafeBytes { socket.write($0) }
      socket.close()
    }
    let link = try served.attached()
    served.run.shows(step: 3)
    #expect(seconds { link.takeSnapshot()?.step == 3 } != nil)
    #expect(served.run.commands.isEmpty)
  }

  /// Who asks without end and takes no answer is heard only so far, and others are served on; the
  /// serving thread hardly computes meanwhile, whoever else says and takes nothing.
  @Test func whoAsksWithoutEndCostsLittle() throws {
    let folder = try ServedFolder.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let run = FakeRun()
    let spent = Mutex(0.0)
    let server = try WatchServer(folder: folder, run: run) { name, work in
      startThread(name) {
        work()
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        spent.withLock { $0 = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9 }
      }
    }
    let sockets = try (0..<100).map { _ in try LocalSocket.connected(to: folder) }
    defer { for socket in sockets { socket.close() } }
    for socket in sockets.prefix(12) {
      _ = try hello(protocolNumber).withUnsafeBytes { socket.write($0) }
    }
    let asking = try Frame(
      .hello, coding: Hello(protocolNumber: protocolNumber, wantsControl: true)
    ).bytes
    let command = try Frame(.command, coding: CommandTicket(id: 1, command: .pause)).bytes
    _ = asking.withUnsafeBytes { sockets[99].write($0) }
    let many = Array(repeatElement(command, count: 100).joined())
    let start = ContinuousClock.now
    var (isHeldUp, next) = (false, 0)
    while ContinuousClock.now - start < .seconds(1) {
      switch many.withUnsafeBytes({
        sockets[99].write(UnsafeRawBufferPointer(rebasing: $0[next...]))
      }) {
      case .bytes(let count): next = (next + count) % many.count
      case .wouldWait: isHeldUp = true
      case .ended: Issue.record("it was let go")
      }
      usleep(1_000)
    }
    let passed = (ContinuousClock.now - start) / .seconds(1)
    #expect(isHeldUp)
    let limits = WatchLimits()
    let most = Double(limits.messagesAtOnce) + limits.messagesPerSecond * (passed + 1)
    #expect(run.commands.count > 20 && Double(run.commands.count) < most)
    let link = try RemoteLink(folder: folder, control: false)
    run.shows(step: 8)
    #expect(seconds { link.takeSnapshot()?.step == 8 } != nil)
    link.close()
    server.close()
    #expect(seconds { spent.withLock { $0 } > 0 } != nil)
    #expect(spent.withLock { $0 } < 0.5)
  }

  @Test func whoSaysNothingIsLetGo() throws {
    var limits = WatchLimits()
    limits.secondsOfHello = 0.1
    let served = try ServedFolder(limits)
    #expect(try answer([], in: served.path).isEmpty)
  }

  @Test func moreThanSoManyAreRefused() throws {
    var limits = WatchLimits()
    limits.mostWatchers = 2
    let served = try ServedFolder(limits)
    let links = [try served.attached(), try served.attached()]
    #expect(throws: WatchError.refused("2 watchers are attached already")) {
      try served.attached()
    }
    links[0].close()
    #expect(seconds { (try? served.attached()) != nil } != nil)
  }

  @Test func theSocketIsThePersonsOwn() throws {
    let served = try ServedFolder()
    let attributes = try FileManager.default.attributesOfItem(atPath: served.path + "/socket")
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let socket = try LocalSocket.connected(to: served.path)
    defer { socket.close() }
    #expect(socket.peer == geteuid())
  }

  /// The system tells another person's process from one's own; only root can show it here.
  @Test(.enabled(if: geteuid() == 0, "only root can become another person"))
  func anotherPersonIsRefused() throws {
    let served = try ServedFolder()
    // Root may open the socket as anybody: without this, the folder alone would keep others out.
    chmod(served.path, 0o777)
    chmod(served.path + "/socket", 0o777)
    let script = """
      import socket,sys
      s=socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1])
      b=b''
      while True:
        p=s.recv(4096)
        if not p: break
        b+=p
      sys.stdout.buffer.write(b[5:])
      """
    guard let found = try runAsNobody(script, served.path + "/socket") else { return }
    #expect(found == "only who trains the run may watch it")
  }

  private func runAsNobody(_ script: String, _ path: String) throws -> String? {
    let python = "/usr/bin/python3"
    guard FileManager.default.isExecutableFile(atPath: python),
      FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
    else {
      print("skipped: no python3 or setpriv to become another person with")
      return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
    process.arguments = ["--reuid=65534", "--clear-groups", python, "-c", script, path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  @Test func aFolderOfAnyLength() throws {
    let part = "/" + String(repeating: "long", count: 20)
    let served = try ServedFolder(below: part + part)
    #expect(served.path.utf8.count > 150)
    let link = try served.attached()
    served.run.shows(step: 4)
    #expect(seconds { link.takeSnapshot()?.step == 4 } != nil)
  }

  @Test func aSocketThatNobodyServesIsReplaced() throws {
    let folder = try ServedFolder.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: WatchError.nobody(folder: folder)) { try LocalSocket.connected(to: folder) }
    #expect(throws: WatchError.self) { try LocalSocket.connected(to: folder + "/none") }
    // As a process leaves it that was killed.
    try LocalSocket.listening(in: folder).close()
    #expect(FileManager.default.fileExists(atPath: folder + "/socket"))
    #expect(throws: WatchError.nobody(folder: folder)) { try LocalSocket.connected(to: folder) }
    let run = FakeRun()
    let server = try WatchServer(folder: folder, run: run, start: startThread)
    #expect(throws: WatchError.occupied(folder: folder)) {
      try WatchServer(folder: folder, run: run, start: startThread)
    }
    try RemoteLink(folder: folder, control: false).close()
    server.close()
  }
}
