internal import Foundation
internal import Tensors

/// The checkpoints of a run: pairs of files in one folder, named by their steps.
///
///     1000.model.safetensors   what answers follow from
///     1000.state.safetensors   the rest
///
/// Both have one random mark, so that halves of two checkpoints of a step are never taken for one.
struct CheckpointFiles: Sendable {
  let folder: String
  let disk: Disk

  private static let pair = "pair"
  private static let best = "best"
  private static let start = "start"

  /// What the files of a checkpoint say of it.
  struct Label {
    /// How many steps were taken.
    let step: Int
    /// Whether its parameters were the best of the run so far.
    let isBest: Bool
    /// Whether the run began with it, and cannot be begun so again without it: it is kept.
    let isStart: Bool
    /// How much of the run's growing files belongs to it.
    let lengths: RecordedLengths
  }

  func modelPath(_ step: Int) -> String { "\(folder)/\(step).model.safetensors" }
  func statePath(_ step: Int) -> String { "\(folder)/\(step).state.safetensors" }

  /// The step that a path's name begins with; nil if it begins with none.
  func step(ofPath path: String) -> Int? {
    path.split(separator: "/").last?.split(separator: ".").first.flatMap { Int($0) }
  }

  /// The steps of which both files are there, the earliest first.
  var steps: [Int] {
    let names = Set(self.names)
    return names.compactMap { name -> Int? in
      guard name.hasSuffix(".state.safetensors"),
        let step = name.split(separator: ".").first.flatMap({ Int($0) }),
        names.contains("\(step).model.safetensors")
      else { return nil }
      return step
    }.sorted()
  }

  /// What is in the folder; nothing if it is not there or may not be read.
  private var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }

  /// Writes the pair of a step beside its names, for the disk to be waited for later: the memory that
  /// it is written from is free when this returns.
  ///
  /// Others may help: both files are then as one process writes them.
  func stage(
    _ label: Label, model: [SafetensorsTensor], state: [Archive.Entry],
    help: (any CheckpointHelp)? = nil
  ) throws(StoreError) -> StagedCheckpoint {
    let step = label.step
    try disk.makeFolder(folder)
    try complete(step)
    let pair = StoreChecksum.text(.random(in: .min ... .max))
    let common = [Self.pair: pair, "step": "\(step)"]
    let roles = [Self.best: label.isBest ? "yes" : "no", Self.start: label.isStart ? "yes" : "no"]
    let stateMetadata = label.lengths.metadata.merging(common.merging(roles) { $1 }) { $1 }
    if let help {
      return try staged(
        step, model: (model, common.merging(["format": "pt"]) { $1 }),
        state: (state.map(SafetensorsTensor.init), stateMetadata), help: help)
    }
    let modelFile = try staged(
      SafetensorsWriter(model, metadata: common.merging(["format": "pt"]) { $1 }), modelPath(step))
    let stateFile = try staged(
      SafetensorsWriter(state.map(SafetensorsTensor.init), metadata: stateMetadata),
      statePath(step))
    return StagedCheckpoint(step, of: self, model: modelFile, state: stateFile)
  }

  /// Writes the pair of a step together with others.
  private func staged(
    _ step: Int, model: ([SafetensorsTensor], [String: String]),
    state: ([SafetensorsTensor], [String: String]), help: any CheckpointHelp
  ) throws(StoreError) -> StagedCheckpoint {
    let modelFile = try AtomicFile(modelPath(step), on: disk)
    let stateFile = try AtomicFile(statePath(step), on: disk)
    let pair = SharedPair([model, state], partials: [modelFile.partial, stateFile.partial])
    try pair.write(to: [modelFile.file, stateFile.file], with: help)
    return StagedCheckpoint(step, of: self, model: modelFile, state: stateFile)
  }

  private func staged(_ writer: SafetensorsWriter, _ path: String) throws(StoreError) -> AtomicFile
  {
    let file = try AtomicFile(path, on: disk)
    try writer.write { (bytes) throws(StoreError) in try file.write(bytes) }
    return file
  }

  /// Reads the pair of a step and checks every byte of it.
  func read(_ step: Int) throws(StoreError) -> Checkpoint {
    let (modelPath, statePath) = (modelPath(step), statePath(step))
    let model = try SafetensorsFile(path: modelPath)
    var state = try SafetensorsFile(path: statePath)
    try model.verify()
    try state.verify()
    if state.metadata[Self.pair] != model.metadata[Self.pair],
      let partial = partials.first(where: { $0.path == statePath && completes($0) })
    {
      state = try SafetensorsFile(path: partial.partial)
    }
    guard let pair = state.metadata[Self.pair], pair == model.metadata[Self.pair] else {
      throw .damaged(path: statePath, what: "it does not belong to \(modelPath)")
    }
    guard let lengths = RecordedLengths(state.metadata), state.metadata["step"] == "\(step)",
      let best = state.metadata[Self.best]
    else { throw .damaged(path: statePath, what: "it does not say which step it is of") }
    return Checkpoint(
      step: step, isBest: best == "yes", isStart: state.metadata[Self.start] == "yes",
      model: model.tensors, state: state.entries,
      modelPath: modelPath, statePath: statePath, lengths: lengths)
  }

  /// Whether a step was the best one when it was written; false for what cannot be read.
  func isBest(_ step: Int) -> Bool { says(Self.best, step) }

  /// Whether the run began with it, and it is kept for that; false for what cannot be read.
  func isStart(_ step: Int) -> Bool { says(Self.start, step) }

  private func says(_ role: String, _ step: Int) -> Bool {
    (try? SafetensorsFile(path: statePath(step)))?.metadata[role] == "yes"
  }
}

// MARK: - Which are kept

extension CheckpointFiles {
  /// Removes all but the one just written, the best so far, what the run began with where that is
  /// needed, and each of so many steps; those of later steps belong to a course of the run that was given
  /// up.
  func retain(written: Int, every interval: Int?) throws(StoreError) {
    let earlier = steps.filter { $0 < written }
    let best = isBest(written) ? written : earlier.last(where: isBest)
    for step in steps where step != written && step != best {
      if let interval, interval > 0, step < written, step % interval == 0 { continue }
      if step < written, isStart(step) { continue }
      try remove(step)
    }
  }

  /// Removes the pair of a step, so that no half of it is taken for a checkpoint.
  func remove(_ step: Int) throws(StoreError) {
    try disk.remove(statePath(step))
    try disk.remove(modelPath(step))
  }

  /// Ends what a killed process began: a state whose model has got its name gets its own; what else is
  /// on its way is removed, and models without a state.
  func recover() throws(StoreError) {
    for partial in partials {
      if completes(partial) {
        try disk.rename(partial.partial, to: partial.path)
      } else {
        try disk.remove(partial.partial)
      }
    }
    let whole = Set(steps)
    for name in names where name.hasSuffix(".model.safetensors") {
      if let step = name.split(separator: ".").first.flatMap({ Int($0) }), !whole.contains(step) {
        try disk.remove(modelPath(step))
      }
    }
  }

  /// Gives the second half of a pair its name where only the first half got it, before another pair of
  /// the step takes its place.
  private func complete(_ step: Int) throws(StoreError) {
    for partial in partials where partial.path == statePath(step) && completes(partial) {
      try disk.rename(partial.partial, to: partial.path)
    }
  }

  private var partials: [PartialFile] { names.compactMap { PartialFile($0, in: folder) } }

  /// Whether a file on its way is the whole second half of a pair whose first half has its name.
  private func completes(_ partial: PartialFile) -> Bool {
    guard partial.path.hasSuffix(".state.safetensors"),
      let state = try? SafetensorsFile(path: partial.partial), (try? state.verify()) != nil,
      let step = state.metadata["step"].flatMap({ Int($0) }), partial.path == statePath(step),
      let model = try? SafetensorsFile(path: modelPath(step))
    else { return false }
    return state.metadata[Self.pair] == model.metadata[Self.pair]
  }
}
