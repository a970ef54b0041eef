#if os(Linux)
  import Foundation
  import Glibc
  import Runs
  import Testing

  @testable import Store

  /// A small file system in memory, mounted for one test.
  final class SmallDisk {
    let path: String

    /// Whether this process may mount one: it is root, and its container lets it.
    static let isAllowed: Bool = {
      guard geteuid() == 0 else { return false }
      return (try? SmallDisk(kilobytes: 64)) != nil
    }()

    init(kilobytes: Int) throws {
      path =
        FileManager.default.temporaryDirectory
        .appendingPathComponent("disk-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      guard mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0 else {
        _ = try? FileManager.default.removeItem(atPath: path)
        throw POSIXError(.EPERM)
      }
    }

    deinit {
      umount2(path, Int32(MNT_DETACH))
      _ = try? FileManager.default.removeItem(atPath: path)
    }

    /// Lets nobody write, or lets them again.
    func setReadOnly(_ isReadOnly: Bool) throws {
      let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
      guard mount("tmpfs", path, "tmpfs", flags, nil) == 0 else { throw POSIXError(.EPERM) }
    }
  }

  @Suite(
    "a real disk that is full or read-only",
    .enabled(if: SmallDisk.isAllowed, "skipped: only root may mount a small file system"))
  struct MountedDiskTests {
    private func writer(on disk: SmallDisk) -> RunWriter {
      RunWriter(
        Small.card, documents: [.configuration: Array("model: mmoe\n".utf8)],
        in: RunCollection(path: disk.path + "/runs"))
    }

    @Test("a full disk: the run goes on, and is saved when there is room again")
    func full() throws {
      let disk = try SmallDisk(kilobytes: 128)
      let writer = writer(on: disk)
      let saves = { step in
        writer.save(
          step: step, isBest: false, model: Small.model(step), state: Small.state(step))
      }
      #expect(saves(1))
      let filler = disk.path + "/filler"
      // Whatever is free, to the last byte.
      let file = try OpenFile(filler, .replacing, on: .real)
      while (try? file.write([1])) != nil { _ = try? file.write([UInt8](repeating: 1, count: 512)) }
      for number in 0..<200 { writer.append(event: "event \(number) of a run that goes on") }
      #expect(!saves(2))
      #expect(writer.trouble?.contains("No space left on device") == true)
      #expect(writer.takeNotices().count == 1)
      #expect(writer.folder.checkpointSteps == [1])
      #expect(try writer.folder.checkpoint(1).content == Small.content(1))

      try FileManager.default.removeItem(atPath: filler)
      try file.truncate(to: 0)
      #expect(saves(3))
      #expect(writer.trouble == nil)
      #expect(writer.takeNotices().count == 1)
      #expect(try writer.folder.events().count == 200)
      #expect(writer.folder.checkpointSteps == [3])
      #expect(try writer.folder.checkpoint(3).content == Small.content(3))
      writer.close()
    }

    @Test("a read-only disk: the same")
    func readOnly() throws {
      let disk = try SmallDisk(kilobytes: 256)
      try disk.setReadOnly(true)
      let writer = writer(on: disk)
      #expect(writer.trouble?.contains("Read-only file system") == true)
      #expect(!writer.save(step: 1, isBest: true, model: Small.model(1), state: []))
      try disk.setReadOnly(false)
      #expect(writer.save(step: 2, isBest: true, model: Small.model(2), state: []))
      #expect(writer.trouble == nil)
      #expect(writer.folder.checkpointSteps == [2])
      writer.close()
    }
  }
#endif
