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
}
