import Datasets
import Foundation
import Graph
import Ranks
import Runs
public import Store
import Tensors

extension TrainingRun {
  /// Sees to it that all ranks train the same.
  ///
  /// Bits depend on the instructions of the machine, on the rows and on the settings; threads and the place
  /// of the data change none.
  func compare(_ dataset: Dataset, on ranks: RankGroup) throws(RankError) {
    try ranks.compare([
      (name: "CPU level", value: "\(CPULevel.current)"),
      (name: "data set", value: "rows of fingerprint \(String(dataset.fingerprint, radix: 16))"),
      (
        name: "choice of --table-rows and --table-head",
        value: session.threads.ranks?.ownedHead.map { "owned, head \($0)" } ?? "everywhere"
      ),
      (name: "configuration", value: "settings of hash \(configuration.runHash.prefix(16))"),
    ])
  }

  /// Lets a trainer compute its lanes only, and meet the others in every step.
  func share(_ trainer: Trainer, _ ranks: RankGroup) throws(RankError) {
    if let head = session.threads.ranks?.ownedHead {
      if let reason = trainer.reasonAgainstOwnedRows {
        ranks.end()
        throw .ownedRows(model: configuration.model, reason: reason)
      }
      trainer.join(ranks, keepingHead: head)
      monitor.showsNumbersAlone = !trainer.hasAllRows
    } else {
      trainer.join(ranks)
    }
    let lanes = trainer.lanes
    guard ranks.wire.count <= lanes else {
      ranks.end()
      throw .tooMany(ranks: ranks.wire.count, lanes: lanes)
    }
  }

  /// Refuses several ranks for a model that takes no steps.
  func checkThatItIsAlone() throws(RankError) {
    guard let seat = session.threads.ranks else { return }
    throw .oneStep(model: configuration.model, ranks: seat.count)
  }

  /// Says which tables' rows ranks keep by parts, if they are to.
  func noticeOwnedRows(_ trainer: Trainer) {
    guard let ranks = session.threads.ranks, let head = ranks.ownedHead, ranks.count > 1 else {
      return
    }
    let tables = trainer.store.growing.compactMap(\.self)
    let rows = tables.reduce(0) { $0 + $1.vocabulary }
    let words =
      tables.isEmpty
      ? "--table-rows owned: no table is larger than \(GrowingTable.usualBound >> 20) MiB, so every rank keeps "
        + "all of them"
      : "each of \(ranks.count) ranks keeps about \(significant(100 / Double(ranks.count), digits: 2)) % of "
        + "\(rows) rows of \(tables.count) large table\(tables.count == 1 ? "" : "s")"
        + (head > 0 ? ", and all of the first \(head) of each" : "")
        + "; gates, examples, gradients, questions and shadows need all rows and are there when training "
        + "has ended"
    tell(.noticed(words, step: 0))
  }

  /// Says if a run of several ranks is bound to fewer cores than it was told to use.
  func noticeBinding() {
    guard session.threads.ranks != nil else { return }
    let notice = Self.bindingNotice(
      threads: configuration.threads, cores: AvailableCores.allowed.count,
      ofMachine: AvailableCores.online)
    if let notice { tell(.noticed(notice, step: 0)) }
  }

  /// What a person should know whose launcher leaves a rank some cores of a machine; nil: they suffice, the
  /// machine has no more, or the system does not say which they are (0 cores).
  static func bindingNotice(threads: Int, cores: Int, ofMachine online: Int) -> String? {
    guard cores > 0, cores < threads, cores < online else { return nil }
    return
      "\(threads) threads of a rank share \(cores) of \(online) cores, to which its launcher binds "
      + "it: `mpirun --bind-to none` and `srun --cpu-bind=none` leave it all"
  }
}

extension Recording {
  /// What a rank that keeps nothing reads of a run that goes on; rank 0 keeps it.
  ///
  /// - Parameters:
  ///   - folder: the run.
  ///   - step: the checkpoint of which step; nil: the last one that is whole.
  ///   - epochs: how many epochs it had; nil: as many as it has.
  ///   - hasMoreEpochs: whether a person gives it more.
  /// - Returns: where it goes on, and nothing that keeps it.
  /// - Throws: `StoreError` for what cannot be read.
  public static func reading(
    _ folder: RunFolder, at step: Int? = nil, epochsBefore epochs: Int? = nil,
    hasMoreEpochs: Bool = false
  ) throws(StoreError) -> Recording {
    let card = try folder.card()
    guard card.seed != nil, !folder.checkpointSteps.isEmpty else { return Recording(nil) }
    let checkpoint =
      if let step { try folder.checkpoint(step) } else { try folder.lastCheckpoint().checkpoint }
    return Recording(
      nil,
      resuming: Resumption(
        checkpoint, epochsBefore: try folder.epochsBefore(checkpoint) ?? epochs,
        hasMoreEpochs: hasMoreEpochs, remarks: []))
  }
}
