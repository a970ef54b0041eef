import Datasets
import Foundation
import Runs
public import Store
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
  func begun() -> Begun {
    var filter = RunFilter()
    filter.tag = tag
    var begun = Begun()
    do throws(StoreError) {
      // The newest comes first.
      for entry in try RunIndex(plan.collection).runs(filter).runs where entry.reason == nil {
        guard begun.folders[entry.card.configuration] == nil else { continue }
        do throws(StoreError) {
          begun.folders[entry.card.configuration] = try folder(of: entry)
        } catch {
          begun.notices.append(Self.words(entry.id, error))
        }
      }
    } catch {
      begun.notices.append("runs that were begun before cannot be gone on with: \(error)")
    }
    return begun
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
