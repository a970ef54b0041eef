import Tensors

/// What processes that share the lanes of a plan give each other in a run: the memory that is gathered, and
/// the sums of dense gradients.
///
/// It is worked out from the plan and the batch, not counted; what is sent must be the same.
public struct ExchangedParts: Sendable, Hashable {
  /// By what is in them, the bytes of each gather, of all processes together, in the order in which they
  /// are asked for; those of a lookup come in rounds of a lane of each process, see ``lanes``.
  public private(set) var gathers: [LaneContent: [Int]] = [:]
  /// What each process gives each other one, where processes share the rows of tables.
  public private(set) var crossed: [LaneContent: Crossed] = [:]
  /// G, floats of the dense gradients of a section.
  public let denseFloats: Int
  /// S, the sections, each of which has a sum of its own.
  public let sections: Int
  /// N, the lanes of the batch.
  public let lanes: Int

  /// What goes from each process to each other.
  public struct Crossed: Sendable, Hashable {
    /// Bytes of all processes together.
    public let bytes: Int
    /// How often; every time in a message of each process to each other.
    public let times: Int
  }

  fileprivate init(denseFloats: Int, sections: Int, lanes: Int) {
    (self.denseFloats, self.sections, self.lanes) = (denseFloats, sections, lanes)
  }

  fileprivate mutating func cross(_ bytes: Int, times: Int, of content: LaneContent) {
    crossed[content] = Crossed(bytes: bytes, times: times)
  }

  fileprivate mutating func gather(_ bytes: Int, of content: LaneContent) {
    gathers[content, default: []].append(bytes)
  }
}

extension Executor {
  /// What is exchanged in a run of a training plan on a batch of N lanes.
  ///
  ///     meetings   4·M·N for each operation over the whole batch, forward and by section; M: floats that a
  ///                lane shows
  ///     sums       the tallies of N lanes, twice where they are seen before the gradients;
  ///                4·A·N; A: floats of running means
  ///     lookups    4·D·R for each lookup that a section reaches; D: its width, in whole vectors,
  ///                R: rows of the batch, or entries; in ⌈N / P⌉ rounds on P processes
  ///     outputs    4·D·R for each value that is kept
  ///
  /// Where processes share the rows of tables these come instead of lookups, of this batch on these processes:
  ///
  ///     rows       what ``GuestRows`` says
  ///     lookups    what ``OwnedGradients`` says, in as many rounds
  public func exchangedParts(of batch: Batch) -> ExchangedParts {
    let lanes = laneCount(rows: batch.rows)
    var parts = ExchangedParts(
      denseFloats: workspace.laneStride, sections: plan.sections.count, lanes: lanes)
    let backward = plan.sections.map { plan.order.reversed().filter($0.contains) }
    for direction in [plan.order] + backward {
      for node in direction where plan.nodes[node].operation.meets {
        let floats = plan.nodes[node].operation.meetingWidth(rows: plan.blockRows)
        parts.gather(4 * floats * lanes, of: .meetings)
      }
    }
    let tallyBytes = workspace.tallyCount * MemoryLayout<Double>.stride * lanes
    for _ in 0..<(isParted ? 2 : 1) { parts.gather(tallyBytes, of: .sums) }
    if hasAverages { parts.gather(4 * workspace.averageStride * lanes, of: .sums) }
    let counts = counts(of: batch)
    if let guests, let owned = rounds.owned {
      var cuts = BatchCuts(plan)
      cuts.cut(batch)
      let rows = (0..<workspace.share.ranks).map { self.rows(of: batch, runBy: $0, cuts) }
      parts.cross(guests.bytes(rows, of: batch), times: 1, of: .rows)
      parts.cross(
        owned.bytes(rows, of: batch),
        times: LaneShare.most(lanes, ranks: workspace.share.ranks), of: .lookups)
    }
    for reached in plan.sections where rounds.owned == nil {
      for node in plan.lookups where reached.contains(node) {
        let stride = ArenaLayout.stride(of: plan.nodes[node].width)
        parts.gather(4 * stride * counts[slot(of: node)], of: .lookups)
      }
    }
    for output in plan.outputs where copiesOutputs {
      parts.gather(4 * output.width * counts[slot(of: output.node)], of: .outputs)
    }
    return parts
  }

  /// By slot, the rows or entries of a batch.
  private func counts(of batch: Batch) -> [Int] {
    var cuts = BatchCuts(plan)
    cuts.cut(batch)
    var spans = [Span](repeating: Span(), count: cuts.slots)
    spans.withUnsafeMutableBufferPointer { spans in
      if let base = spans.baseAddress { cuts.span(0..<batch.rows, into: base) }
    }
    return spans.map(\.count)
  }
}
