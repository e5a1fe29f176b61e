//! Whole-numbered parts in proportion to weights.

/// Splits `total` by `weights` so that the parts add up to it exactly: each gets what divides evenly, then the largest
/// remainders get one more each, of equal ones the earlier. All weights 0, or none: all parts 0.
pub(super) fn split(total: u64, weights: &[u128]) -> Vec<u64> {
    let sum: u128 = weights.iter().sum();
    let whole = u128::from(total);
    let Some(quotas) = weights
        .iter()
        .map(|w| (whole * w).checked_div(sum))
        .collect::<Option<Vec<u128>>>()
    else {
        return vec![0; weights.len()];
    };
    let mut parts: Vec<u64> = quotas.iter().map(|q| u64::try_from(*q).unwrap_or(u64::MAX)).collect();
    let given: u64 = parts.iter().sum();
    let mut order: Vec<(u128, usize)> = weights.iter().map(|w| whole * w % sum).zip(0..).collect();
    order.sort_by_key(|(remainder, i)| (std::cmp::Reverse(*remainder), *i));
    let left = usize::try_from(total.saturating_sub(given)).unwrap_or(usize::MAX);
    for (_, i) in order.into_iter().take(left) {
        if let Some(part) = parts.get_mut(i) {
            *part += 1;
        }
    }
    parts
}
