import Datasets
import Layers
import Models
import Objectives

// MARK: - The workloads

extension Workload {
  /// Every workload.
  public static let all: [Workload] = [
    mmoe("w1a", "small MMoE", .census, tasks: 2, expert: [16], tower: [8]),
    mmoe("w1b", "medium MMoE", .census, tasks: 3, expert: [256, 128], tower: [64]),
    mmoe("w2", "medium MMoE, 2 M rows", .ads, tasks: 3, expert: [256, 128], tower: [64]),
    ple("w3_census", "two-level PLE", .census),
    ple("w3_ads", "two-level PLE, 2 M rows", .ads),
    sharedBottom,
    crossStitch,
    esmm,
    maskedMLP,
    metaBalance,
  ]

  private static func mmoe(
    _ name: String, _ summary: String, _ input: Input, tasks: Int, expert: [Int], tower: [Int],
    balancer: MetaBalance? = nil
  ) -> Workload {
    Workload(
      name: name, summary: summary, input: input, taskCount: tasks, balancer: balancer
    ) { input, tasks, builder in
      var choice = MMoE.Configuration()
      choice.expertSizes = expert
      choice.towerSizes = tower
      return MMoE(choice, input: input, tasks: tasks, builder: builder)
    }
  }

  private static func ple(_ name: String, _ summary: String, _ input: Input) -> Workload {
    Workload(
      name: name, summary: summary, input: input, taskCount: 3, balancer: nil
    ) { input, tasks, builder in
      var choice = PLE.Configuration()
      choice.levelSizes = [[256, 128], [256, 128]]
      choice.towerSizes = [64]
      return PLE(choice, input: input, tasks: tasks, builder: builder)
    }
  }

  private static let sharedBottom = Workload(
    name: "w4_shared", summary: "hard sharing", input: .census, taskCount: 3, balancer: nil
  ) { input, tasks, builder in
    var choice = HardSharing.Configuration()
    choice.bottomSizes = [512, 256]
    choice.towerSizes = [64]
    return HardSharing(choice, input: input, tasks: tasks, builder: builder)
  }

  private static let crossStitch = Workload(
    name: "w4_stitch", summary: "cross-stitch", input: .census, taskCount: 3, balancer: nil
  ) { input, tasks, builder in
    var choice = CrossStitch.Configuration()
    choice.columnSizes = [256, 128]
    choice.towerSizes = []
    return CrossStitch(choice, input: input, tasks: tasks, builder: builder)
  }

  private static let esmm = Workload(
    name: "w4_esmm", summary: "ESMM", input: .census, taskCount: 2, balancer: nil
  ) { input, tasks, builder in
    var choice = ESMM.Configuration()
    choice.towerSizes = [256, 128]
    return ESMM(choice, input: input, tasks: tasks, builder: builder)
  }

  private static let maskedMLP = Workload(
    name: "w5_csn", summary: "one MLP, a mask for each task", input: .census, taskCount: 3,
    balancer: nil
  ) { input, tasks, builder in
    MaskedNetwork([512, 256, 128], density: 0.5, input: input, tasks: tasks, builder: builder)
  }

  private static let metaBalance = mmoe(
    "w6_metabalance", "medium MMoE, a backward pass for each task", .census, tasks: 3,
    expert: [256, 128], tower: [64], balancer: MetaBalance())

  /// Workloads of sequences, of texts and of numbers, which are no recommender's usual batch.
  public static let sequences = [caml, gru]

  /// Every workload by name.
  public static let named = all + sequences

  /// 20 reviews a side of 30 words each, of 10,000 words, and a decoder of 400 units; no word is missing.
  private static let caml = Workload(
    name: "caml", summary: "CAML, 2 × 20 reviews of 30 words",
    input: Input(vocabularies: [10_000, 10_000], embeddingWidth: 50, denseCount: 0), taskCount: 2,
    batchSize: 64,
    texts: TextShape(
      vocabulary: 10_000, shape: ReviewShape(perUser: 20, perItem: 20, tokens: 30),
      hasConcepts: true),
    balancer: nil
  ) { input, tasks, builder in
    CAML(CAML.Configuration(), input: input, tasks: tasks, builder: builder)
  }

  /// A layer of 256 units over 30 steps of 256 numbers.
  private static let gru = Workload(
    name: "gru", summary: "a GRU of 256 units over 30 steps",
    input: Input(vocabularies: [], embeddingWidth: 1, denseCount: 30 * 256), taskCount: 1,
    batchSize: 128, balancer: nil
  ) { input, tasks, builder in
    SequenceNetwork(steps: 30, units: 256, input: input, tasks: tasks, builder: builder)
  }
}
