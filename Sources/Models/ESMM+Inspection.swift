import Graph
public import Runs

extension ESMM {
  /// What it says of clicked and unclicked rows.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// Mean predictions beside what was observed, and how pCVR lies where nobody clicked.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let rates = FunnelRates(funnel, names: names, reading)
    var inspection = Inspection(
      views: [Self.means(rates), Self.histogram(rates)],
      traces: [Self.course(rates), Self.calibration(rates)])
    if isDivision { inspection.traces.append(Self.aboveOne(rates)) }
    return inspection
  }

  private static func means(_ rates: FunnelRates) -> ModelView {
    let bars = FunnelRates.Predicted.allCases.flatMap { predicted in
      FunnelRates.Group.allCases.map { group in
        ModelView.Bars.Bar(
          name: "\(predicted.rawValue), \(group.rawValue)",
          values: [Float(rates.mean(predicted, group))],
          mark: rates.observed(predicted, group).map(Float.init))
      }
    }
    return ModelView(
      name: "rates", title: "mean predictions",
      note: "By clicked and unclicked validation rows; the mark is what was observed. Of pCVR "
        + "nothing is observed where nobody clicked.",
      content: .bars(.init(bars: bars)))
  }

  private static func histogram(_ rates: FunnelRates) -> ModelView {
    let shares = rates.histogram(bins: 10)
    let bars = shares.enumerated().map { bin, share in
      ModelView.Bars.Bar(name: "\(Double(bin) / 10)–\(Double(bin + 1) / 10)", values: [share])
    }
    return ModelView(
      name: "pcvr_unclicked", title: "pCVR of unclicked rows",
      note: "The share of unclicked rows by pCVR; a heap at 0 or 1 says that it has drifted off.",
      content: .bars(.init(bars: bars)))
  }

  private static func course(_ rates: FunnelRates) -> ModelTrace {
    ModelTrace(
      name: "mean_pcvr", title: "mean pCVR",
      note: "On clicked and unclicked rows; the level of the clicked ones was observed.",
      series: ["clicked", "unclicked", "observed"],
      values: [
        Float(rates.mean(.conversion, .clicked)), Float(rates.mean(.conversion, .unclicked)),
        Float(rates.observed(.conversion, .clicked) ?? .nan),
      ])
  }

  private static func calibration(_ rates: FunnelRates) -> ModelTrace {
    func ratio(_ predicted: FunnelRates.Predicted, _ group: FunnelRates.Group) -> Float {
      guard let observed = rates.observed(predicted, group), observed > 0 else { return .nan }
      return Float(rates.mean(predicted, group) / observed)
    }
    return ModelTrace(
      name: "calibration", title: "calibration",
      note:
        "Mean prediction by observed rate: pCVR on clicked rows, the others on all; 1 is right.",
      series: FunnelRates.Predicted.allCases.map(\.rawValue),
      values: [ratio(.click, .all), ratio(.conversion, .clicked), ratio(.both, .all)])
  }

  private static func aboveOne(_ rates: FunnelRates) -> ModelTrace {
    ModelTrace(
      name: "above_one", title: "ratios of 1 or more",
      note: "The share of validation rows whose pCTCVR / pCTR is no probability.",
      series: ["ratios"], values: [rates.shareAboveOne])
  }
}
