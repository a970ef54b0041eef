/// The constants of `SyntheticDesign` worked out once: from experts to probabilities.
struct SyntheticLaws: Sendable {
  private let mixtures: [SIMD4<Double>]
  private let positions: [[Double]]

  /// Works out G and β.
  init() {
    mixtures = SyntheticTask.allCases.map(SyntheticDesign.mixture)
    positions = SyntheticDesign.devices.indices.map { device in
      (1...SyntheticDesign.slots).map {
        SyntheticDesign.positionBias(device: device, slot: $0)
      }
    }
  }

  /// z_t = G_t · e.
  func affinity(_ task: SyntheticTask, _ experts: SIMD4<Double>) -> Double {
    let product = mixtures[task.rawValue] * experts
    return (product[0] + product[1]) + (product[2] + product[3])
  }

  /// The true probabilities of an impression from its experts.
  func chances(
    _ experts: SIMD4<Double>, _ row: SyntheticImpression, duration: Int
  ) -> SyntheticChances {
    func law(_ task: SyntheticTask) -> Double {
      SyntheticDesign.scale(task) * affinity(task, experts) + SyntheticDesign.bias(task)
    }
    return SyntheticChances(
      click: sigmoid(law(.click) + positions[row.device][row.slot - 1]),
      cart: sigmoid(law(.cart)), purchase: sigmoid(law(.purchase)),
      like: sigmoid(law(.like)), share: sigmoid(law(.share)),
      watch: law(.watch) - 0.35 * naturalLogarithm(Double(duration) / 20))
  }
}
