import Graph

// Losses of which a row's derivative depends on that row alone, and whose sums the forward pass adds.

extension TaskLoss: RowByRow {}
extension ProductLoss: RowByRow {}
