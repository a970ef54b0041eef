import ArgumentParser
import Tensors
import Training

// MARK: - Many machines

extension BenchCommand {
  /// Checks `--cluster` and what goes with it.
  func checkCluster() throws {
    guard let cluster = machine.cluster else { return }
    _ = try ClusterWish(cluster)
    let rows = ClusterBenchmark.fewestRows...ClusterBenchmark.mostRows
    if let batch, !rows.contains(batch) {
      throw ValidationError(
        "--batch must be from \(rows.lowerBound) to \(rows.upperBound) with --cluster, where it is the rows "
          + "of each rank; found \(batch).")
    }
  }

  /// Predicts steps on many ranks, or checks predictions with ranks that are threads here.
  func printCluster(_ wish: ClusterWish, of workloads: [Workload]) throws {
    for workload in workloads {
      let rows = min(batch ?? workload.batchSize, ClusterBenchmark.mostRows)
      let benchmark = ClusterBenchmark(
        workload, rows: max(rows, ClusterBenchmark.fewestRows),
        threads: machine.threads?.values.first ?? 1, seconds: seconds)
      switch wish {
      case .cluster(let ranks, let wire):
        let model = ClusterModel(try benchmark.points(), over: wire)
        let text = ClusterText(
          workload: workload.name, rows: benchmark.rows, threads: benchmark.threads, asked: ranks,
          wire: wire,
          predictions: ClusterText.ranks(asked: ranks).map { model.prediction(ranks: $0) })
        try StandardOutput.writeLine(json ? text.json : text.text)
      case .local:
        let text = ClusterCheckText(
          workload: workload.name, rows: benchmark.rows, threads: benchmark.threads,
          cores: AvailableCores.count, checks: try benchmark.checks([2, 4]))
        try StandardOutput.writeLine(json ? text.json : text.text)
      }
    }
  }
}
