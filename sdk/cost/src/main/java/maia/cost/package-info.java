/// A run and a price book into time, energy and money.
///
/// In: simulated runs and a dated [PriceBook]. Out: a [CostReport] with ranges, never single
/// dollars. No Maia 200 price is public, so every dollar here is modelled and says so.
@NullMarked
package maia.cost;

import org.jspecify.annotations.NullMarked;
