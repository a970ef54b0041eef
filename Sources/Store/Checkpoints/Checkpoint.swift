public import Tensors

/// A run as it was at a step: all that going on from there needs.
public struct Checkpoint: Sendable {
  /// The step of the run: how many were taken.
  public let step: Int
  /// Whether its parameters were the best of the run so far.
  public let isBest: Bool
  /// Whether the run began with it, and cannot be begun so again without it.
  public var isStart = false
  /// What answers follow from, by PyTorch names and in PyTorch's layouts.
  public let model: [SafetensorsTensor]
  /// The rest of the state, as ``Archive/loading(_:)`` takes it.
  public let state: [Archive.Entry]
  /// The file of ``model``, for messages.
  public let modelPath: String
  /// The file of ``state``, for messages.
  public let statePath: String
  /// How much of the run's growing files belongs to it.
  let lengths: RecordedLengths
}

extension Checkpoint {
  /// Where a run goes on that was ended before its first checkpoint: nothing of it holds.
  public static let beginning = Checkpoint(
    step: 0, isBest: false, model: [], state: [], modelPath: "", statePath: "",
    lengths: RecordedLengths())
}

/// How much of a run's growing files was written at a moment.
struct RecordedLengths: Hashable, Sendable {
  /// Lines of the journal.
  var journalLines = 0
  /// Bytes of the events.
  var eventBytes = 0
  /// Bytes of the curves.
  var curveBytes = 0

  /// Its texts in the metadata of a state.
  var metadata: [String: String] {
    [
      "journal": "\(journalLines)", "events": "\(eventBytes)", "curves": "\(curveBytes)",
    ]
  }

  init() {}

  /// Reads the metadata of a state; nil unless all of it is there.
  init?(_ metadata: [String: String]) {
    guard let journal = metadata["journal"].flatMap({ Int($0) }), journal >= 0,
      let events = metadata["events"].flatMap({ Int($0) }), events >= 0,
      let curves = metadata["curves"].flatMap({ Int($0) }), curves >= 0
    else { return nil }
    (journalLines, eventBytes, curveBytes) = (journal, events, curves)
  }
}
