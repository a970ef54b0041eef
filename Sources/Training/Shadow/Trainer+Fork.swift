import Graph
import Models
import Tensors

// MARK: - Forks

extension Trainer {
  /// Another trainer that stands where this one does, with numbers and memory of its own.
  ///
  /// With the same batches and rates it takes the same steps, to the bit. So does its search of masks,
  /// if there is one.
  ///
  /// What is copied is what a saved run comes back from, see ``visit(_:)``: numbers, moments, what
  /// stages and balancers remember, what a person has set, and the steps from which every random draw
  /// follows. The threads are shared, so the two take their steps one after the other.
  ///
  /// - Throws: `ArchiveError` where what is remembered does not fit a trainer of the same model.
  func fork(with lottery: Lottery? = nil) throws(ArchiveError) -> (Trainer, Lottery?) {
    let copy = Trainer(
      model, store: ParameterStore(copyOf: store), tasks: tasks, batchSize: plans.rows,
      optimizer: optimizer.configuration, dials: declared, seed: stages.site.seed,
      dataset: sources.dataset, pool: workspace.pool)
    copy.roles = roles
    copy.program = program
    // A search that begins sets what it needs of its trainer, so it is made before that is put back.
    let search = lottery?.beginning(over: copy)
    var saving = Archive.saving()
    try saving.part("trainer", visit)
    if let lottery { try saving.part("lottery", lottery.visit) }
    var loading = Archive.loading(saving.entries)
    try loading.part("trainer", copy.visit)
    if let search { try loading.part("lottery", search.visit) }
    try loading.finish()
    return (copy, search)
  }
}
