import Datasets
import Foundation
import Runs
import Store
import Tensors

/// Where the runs of a comparison or a study are kept: each in a folder of its own, all with one tag.
public struct ComparisonFolders: Sendable {
  /// What all runs of the results file are called in the list of runs.
  public let tag: String
  private let plan: FolderRecorder.Plan

  /// Keeps the runs whose results stand in a folder; that, wherever it is named from, gives the tag.
  public init(_ plan: FolderRecorder.Plan, results folder: String) {
    tag = Self.tag(of: plan.command, results: folder)
    self.plan = plan.tagged(tag)
  }

  /// What a person is told of it before the first run.
  public var words: String {
    "each run has its folder in \(printable(plan.collection.path)), with the tag \(tag)"
  }

  /// `compare-mtl-tui-results-3f2a`: the command, the folder's name, and what tells it from others of
  /// that name.
  static func tag(of command: String, results folder: String) -> String {
    let path = URL(fileURLWithPath: folder).standardizedFileURL.path
    let name = (path.split(separator: "/").last ?? "").unicodeScalars.prefix(20).map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        ? Character(scalar) : "-"
    }
    let parts = String(name).split(separator: "-")
    return ([Substring(command)] + parts + [hexadecimal(fnv1a(path.utf8)).prefix(4)])
      .joined(separator: "-")
  }

  /// The runs that a comparison can go on with.
  struct Begun {
    /// By the hash of their configuration.
    var folders: [String: RunFolder] = [:]
    /// What cannot be read of others, in words for a person: those are begun anew.
    var notices: [String] = []
  }

  /// The runs that were begun, have not ended, and are not trained just now.
  ///
  /// The folders themselves are asked: an index would need a thread, and a comparison of little memory
  /// has none to spare before it begins.
  func begun() -> Begun {
    var begun = Begun()
    // The newest comes first.
    let entries = entries(&begun.notices).sorted { $0.card.started > $1.card.started }
    for entry in entries where begun.folders[entry.card.configuration] == nil {
      do throws(StoreError) {
        begun.folders[entry.card.configuration] = try folder(of: entry)
      } catch {
        begun.notices.append(Self.words(entry.id, error))
      }
    }
    return begun
  }

  /// The runs with the tag that have not ended.
  ///
  /// Whose a folder is whose tags cannot be read is not known: it is passed over.
  private func entries(_ notices: inout [String]) -> [RunEntry] {
    var entries: [RunEntry] = []
    do throws(StoreError) {
      for folder in try plan.collection.folders() {
        guard let tags = try? folder.tags(), tags.contains(tag) else { continue }
        do throws(StoreError) { entries.append(try RunEntry(folder)) } catch {
          notices.append(Self.words(folder.id, error))
        }
      }
    } catch {
      notices.append("runs that were begun before cannot be gone on with: \(error)")
    }
    return entries.filter { $0.reason == nil }
  }

  /// The folder of a run; nil for one that is trained, or lacks what it could be gone on with.
  private func folder(of entry: RunEntry) throws(StoreError) -> RunFolder? {
    let folder = try RunFolder(opening: "\(plan.collection.path)/\(entry.id)")
    guard folder.life == .ended, try folder.read(.configuration) != nil,
      try folder.read(.description) != nil
    else { return nil }
    return folder
  }

  private static func words(_ id: String, _ error: StoreError) -> String {
    "\(id) cannot be gone on with, and is begun anew: \(error)"
  }

  /// What keeps a run: in a new folder, or in the one where it was begun, from its last checkpoint.
  func recording(goingOnIn folder: RunFolder?) -> Recording.Source {
    { [plan] in
      guard let folder else { return Recording(FolderRecorder(plan)) }
      do throws(StoreError) { return try FolderRecorder.resuming(folder) } catch {
        return Recording(FolderRecorder(plan, saying: [Self.words(folder.id, error)]))
      }
    }
  }
}

extension FolderRecorder.Plan {
  /// The plan with one tag more.
  fileprivate func tagged(_ tag: String) -> Self {
    var tagged = self
    tagged.tags.append(tag)
    return tagged
  }
}
