/// The numbers of a ``SyntheticDesign`` worked out once: from experts to probabilities.
struct SyntheticLaws: Sendable {
  private let design: SyntheticDesign
  /// G by task and group.
  private let mixtures: [[SIMD4<Double>]]
  private let positions: [[Double]]

  /// Works out G and β.
  init(_ design: SyntheticDesign) {
    self.design = design
    mixtures = design.laws.map { law in SyntheticGroup.all.map { law.mixture($0) } }
    positions = SyntheticDesign.devices.indices.map { device in
      (1...SyntheticDesign.slots).map { design.positionBias(device: device, slot: $0) }
    }
  }

  /// z_t = G_t · e for a row of a group.
  func affinity(
    _ task: SyntheticTask, _ experts: SIMD4<Double>, in group: SyntheticGroup
  ) -> Double {
    let product = mixtures[task.rawValue][group.index] * experts
    return (product[0] + product[1]) + (product[2] + product[3])
  }

  /// The true probabilities of an impression from its experts.
  func chances(
    _ experts: SIMD4<Double>, _ row: SyntheticImpression, in group: SyntheticGroup, duration: Int
  ) -> SyntheticChances {
    func value(_ task: SyntheticTask) -> Double {
      let law = design.laws[task.rawValue]
      return law.scale * affinity(task, experts, in: group) + law.bias
    }
    return SyntheticChances(
      click: sigmoid(value(.click) + positions[row.device][row.slot - 1]),
      cart: sigmoid(value(.cart)), purchase: sigmoid(value(.purchase)),
      like: sigmoid(value(.like)), share: sigmoid(value(.share)),
      watch: value(.watch) - 0.35 * naturalLogarithm(Double(duration) / 20))
  }
}
