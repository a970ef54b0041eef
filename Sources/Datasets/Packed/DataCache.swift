public import Foundation
import Runs
import Tensors

/// What was made of files once, packed beside them, so that they are not read again.
///
/// It counts as long as the files have the size and the time that they had, and schema, group and
/// program are the same. It may be removed at any time.
public struct DataCache: Sendable {
  /// Reading that takes longer than this is worth a cache.
  public static let threshold = Duration.seconds(5)

  private let schema: DatasetSchema
  private let folder: String
  private let program: String
  /// Where it may lie, the first choice first.
  public let places: [String]

  /// The cache of a schema's files in a folder.
  ///
  /// - Parameters:
  ///   - schema: what the files mean.
  ///   - schemaPath: the schema's file, so that schemas of one name have a cache each; empty where
  ///     the name says all, as of a recipe.
  ///   - folder: where they are.
  ///   - program: the version of the program.
  ///   - fallback: where caches are kept of folders that cannot be written; nil: nowhere.
  public init(
    of schema: DatasetSchema, at schemaPath: String = "", in folder: String, program: String,
    fallback: String?
  ) {
    self.schema = schema
    self.folder = folder.isEmpty ? "." : folder
    self.program = program
    let whole = URL(fileURLWithPath: self.folder).standardizedFileURL.path
    let plain = String(
      schema.name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) ? $0 : "_" }
        .prefix(60))
    let described =
      schemaPath.isEmpty ? "" : URL(fileURLWithPath: schemaPath).standardizedFileURL.path
    // What the schema says is not in it: a schema that was changed replaces its own cache.
    let own = hexadecimal(
      xxh64([whole, described, schema.name, schema.group ?? ""].joined(separator: "\n")))
    places =
      ["\(whole)/.\(plain)-\(own).mtl-tui-cache"]
      + (fallback.map { ["\($0)/\(plain)-\(own)"] } ?? [])
  }

  /// A person's folder of caches: `$XDG_CACHE_HOME/mtl-tui`, else `~/.cache/mtl-tui`; nil where neither
  /// can be named.
  public static func usualFallback(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    func absolute(_ name: String) -> String? {
      environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    return (absolute("XDG_CACHE_HOME") ?? absolute("HOME").map { "\($0)/.cache" })
      .map { "\($0)/mtl-tui" }
  }

  /// What stands at one of the places.
  public enum State: Equatable, Sendable {
    /// Nothing that was packed.
    case absent
    /// What a killed program left, of so many bytes; it is of no use.
    case left(bytes: Int)
    /// It can be used.
    case fresh
    /// It cannot be used any more, for this reason.
    case stale(String)
  }

  /// What stands at a place.
  public func state(at place: String) -> State {
    guard PackedFolder.isThere(place) else {
      return PackContents.abandonedBytes(in: place).map { .left(bytes: $0) } ?? .absent
    }
    do throws(PackError) {
      return doubt(about: try PackedFolder(path: place)).map { .stale($0) } ?? .fresh
    } catch {
      return .stale(firstLine(error))
    }
  }

  /// Why packed rows are not those of the files any more; nil if they are.
  private func doubt(about packed: PackedFolder) -> String? {
    guard packed.program == program else {
      return "it was made by version \(printable(packed.program)) of the program"
    }
    guard packed.schema == schema.packHash else { return "the schema or --group is another one" }
    // Reading the files says what is wrong with them.
    guard let sources = try? schema.sources(in: folder) else { return "a file cannot be found" }
    return packed.change(to: sources)
  }
}

extension PackedFolder {
  /// Which of the files that are still there has changed since they were packed, in words; nil if none
  /// has.
  public var changedSource: String? {
    sources.first { source in
      let now = PackSource(path: source.path)
      return now.size >= 0 && source.size >= 0 && now != source
    }.map { "\(printable($0.path)) has another size or time than it had" }
  }

  /// Which file is another one than was read; nil if none is.
  func change(to sources: [PackSource]) -> String? {
    let now = Dictionary(sources.map { ($0.path, $0) }) { first, _ in first }
    for source in self.sources {
      guard let found = now[source.path] else {
        return "\(printable(source.path)) is no longer read"
      }
      if found != source { return "\(printable(source.path)) has another size or time than it had" }
    }
    let known = Set(self.sources.map(\.path))
    return sources.first { !known.contains($0.path) }.map {
      "\(printable($0.path)) is read besides"
    }
  }
}

private func firstLine(_ error: PackError) -> String {
  String(error.description.prefix { $0 != "\n" })
}

// MARK: - Using it

extension DataCache {
  /// The data set, from the cache if there is one that fits.
  ///
  /// Else it is read, and kept if that took long.
  ///
  /// - Parameters:
  ///   - threads: how many check and pack.
  ///   - threshold: what is long.
  ///   - progress: hears the share done, and what is being done.
  ///   - judge: adds what is known of the truth to rows that are kept.
  ///   - read: reads the files.
  /// - Returns: the rows; their ``Dataset/readingNotices`` say what was done.
  /// - Throws: what `read` throws.
  public func dataset(
    threads: Int, threshold: Duration = Self.threshold,
    progress: @escaping (Double, String) -> Void, judge: (Dataset) -> Dataset = { $0 },
    read: () throws -> Dataset
  ) throws -> Dataset {
    var notices: [String] = []
    if let kept = kept(threads, progress, &notices) { return kept }
    let before = sources
    let begun = ContinuousClock.now
    var dataset = try read()
    let taken = ContinuousClock.now - begun
    if taken > threshold, let before, dataset.unpackable == nil {
      notices.append(keep(judge(dataset), before, taken, threads, progress))
    }
    dataset.readingNotices += notices
    return dataset
  }

  /// The files before they are read; what changes while they are read makes the cache stale at once.
  private var sources: [PackSource]? { try? schema.sources(in: folder) }

  private func kept(
    _ threads: Int, _ progress: (Double, String) -> Void, _ notices: inout [String]
  ) -> Dataset? {
    for place in places where PackedFolder.isThere(place) {
      do throws(PackError) {
        // Another process may put other rows there: those that are used are asked about.
        var dataset = try PackedFolder.dataset(
          in: place, threads: threads, accepting: doubt, progress: progress)
        dataset.readingNotices =
          notices + [
            "rows are those of the cache \(printable(place)), made of files of the same size and time; "
              + "--no-cache reads the files"
          ]
        return dataset
      } catch {
        let why = if case .refused(_, let reason) = error { reason } else { firstLine(error) }
        notices.append("the cache \(printable(place)) is not used: \(why)")
      }
    }
    return nil
  }

  /// Packs a data set where that can be done; what to say of it.
  private func keep(
    _ dataset: Dataset, _ sources: [PackSource], _ taken: Duration, _ threads: Int,
    _ progress: @escaping (Double, String) -> Void
  ) -> String {
    let seconds = Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18
    let origin = PackWriter.Origin(
      program: program, schema: schema.packHash ?? "", sources: sources)
    var reason = ""
    // What not everybody may read becomes no more readable here; a person's own folder is nobody
    // else's, whatever keeps others from the data.
    let isOpen = sources.allSatisfy { $0.size < 0 || isReadableByAll($0.path) }
    for place in places {
      do throws(PackError) {
        try PackWriter(
          to: place, threads: threads, isPrivate: !isOpen || place != places[0], progress: progress
        ).write(dataset, from: origin)
        return
          "reading took \(String(format: "%.1f", seconds)) s: the rows are kept in the cache "
          + "\(printable(place)); `mtl-tui data cache SCHEMA --clear` removes it"
      } catch {
        if reason.isEmpty { reason = firstLine(error) }
      }
    }
    return
      "reading took \(String(format: "%.1f", seconds)) s, and no cache could be made: \(reason)"
  }

  /// Removes what was packed at the places, and what killed programs left there; the places where
  /// something lay.
  ///
  /// - Throws: ``PackError`` for what cannot be removed, or is somebody's own; it stays.
  public func clear() throws(PackError) -> [String] {
    var cleared: [String] = []
    var refusal: PackError?
    for place in places {
      do throws(PackError) {
        if try PackContents.remove(from: place) { cleared.append(place) }
      } catch {
        refusal = refusal ?? error
      }
    }
    if let refusal { throw refusal }
    return cleared
  }
}
