import Graph
import Models
import Objectives
import Runs
public import Tensors

extension Trainer {
  /// Visits all that the next steps follow from: numbers, moments, what stages and balancers remember,
  /// what a person has set, and where it stands.
  ///
  /// It is put back into a trainer that was built from the same configuration and the same data.
  /// Random draws follow from the seed and the step; plans and packed weights are made anew.
  ///
  /// - Throws: ``ArchiveError`` for what is not of such a trainer; the trainer is of no use then.
  public func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.part("parameters", store.visit)
    try checkDials(archive)
    try archive.part("optimizers", optimizers.visit)
    try archive.part("state") { archive throws(ArchiveError) in
      try state.visit(&archive, turns: program.turns.count)
      try archive.word("alternation", &state.program.alternation)
    }
    try archive.part("balancer", visitBalancer)
    for (index, stage) in stages.model.enumerated() {
      try archive.part("stage-\(index)", stage.visit)
    }
    try sources.visit(&archive)
  }

  /// FNV-1a 64 over all numbers that answers follow from, as little-endian float32: the learned ones
  /// by path, then running means and what is given by path.
  ///
  /// Of a model that has nothing but learned numbers it is that of the store.
  public var fingerprint: UInt64 {
    store.givenEntries.reduce(store.fingerprint) {
      fnv1a(littleEndian: store.numbers(of: $1), from: $0)
    }
  }

  /// A number outside a dial's range was never set: its value is rounded as the ends of the range are.
  private func checkDials(_ archive: Archive) throws(ArchiveError) {
    guard archive.isLoading else { return }
    for (dial, parameter) in declared {
      let value = store.base(of: parameter)[0]
      let isInRange = Float(dial.least) <= value && value <= Float(dial.most)
      guard isInRange || value == Float(dial.start) else {
        throw archive.invalid(
          "parameters/dials.\(dial.name)",
          "\(value) is not from \(dial.least) to \(dial.most)")
      }
    }
  }

  /// Visits which balancer there is, and what it remembers.
  ///
  /// A person may have chosen another one than the run began with.
  private func visitBalancer(_ archive: inout Archive) throws(ArchiveError) {
    var isThere = stages.balance != nil
    try archive.flag("is-there", &isThere)
    guard isThere else { return stages.balance = nil }
    var setting = (stages.balance as? BalancerStage)?.setting ?? .equal
    try archive.text("name", &setting.name)
    try archive.value("choices", &setting.options)
    if archive.isLoading { try make(setting, archive) }
    if let balance = stages.balance { try balance.visit(&archive) }
  }

  private func make(
    _ setting: BalancerSetting, _ archive: Archive
  ) throws(ArchiveError) {
    let known = BalancedTasks(tasks)
    do throws(BalancerError) {
      balance(by: try BalancerChoice(named: setting.name, setting: setting.options, for: known))
    } catch {
      throw archive.invalid("choices", error.sentence)
    }
  }
}

extension BalancerStage {
  /// The balancer by its name, with all choices.
  var setting: BalancerSetting {
    BalancerSetting(
      balancer.about.name,
      options: Dictionary(balancer.choices.map { ($0.name, $0.value) }) { _, last in last })
  }
}
