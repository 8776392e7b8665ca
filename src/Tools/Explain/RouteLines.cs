// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Renders the locations from which CRI-O tries to pull, and what it finds for each.</summary>
internal sealed class RouteLines(ExplanationPage page)
{
    public void Append()
    {
        for (var i = 0; i < page.Explanation.Routes.Count; i++)
        {
            var route = page.Explanation.Routes[i];
            page.Head(
                i == 0
                    ? IsRefused
                        ? "By its full name, CRI-O would try, in this order:"
                        : "CRI-O tries, in this order:"
                    : $"{(route.IsCertain ? "Then" : "If the pod has a short name")}, "
                        + $"{route.Route.Image}{(route.Route.Entry is { } entry ? $" ({entry.Origin})" : "")}:"
            );
            foreach (var place in route.Places)
            {
                AppendPlace(place);
            }
        }
    }

    /// <summary>Whether CRI-O rejects the requested short name, whatever is at the locations.</summary>
    private bool IsRefused =>
        page.Explanation.ShortNameRemark?.Contains("CRI-O refuses", StringComparison.Ordinal) == true;

    private void AppendPlace(ExplainedPlace place)
    {
        var source = place.Source;
        page.Text.Append($"  {place.Number}  {page.Style.Strong(source.Reference.Text)}  ")
            .Append(source.Kind == PullSourceKind.Mirror ? $"mirror \"{source.Location}\"" : "the registry")
            .Append('\n');
        var only = source.Use == MirrorUse.DigestsOnly ? "digests" : "tags";
        var remark = place.Use switch
        {
            PlaceUse.Blocked => page.Style.Doubtful($"blocked by {place.BlockedBy}: CRI-O does not go there"),
            PlaceUse.Skipped => page.Style.Doubtful($"for {only} only: CRI-O skips it for this image"),
            PlaceUse.Unknown => page.Style.Doubtful(
                $"for {only} only: a request does not say which of them the pod " + "uses"
            ),
            _ => source.Use == MirrorUse.Always ? null : $"for {only} only, which this is",
        };
        if (remark is not null)
        {
            page.Text.Append("     ").Append(remark).Append('\n');
        }

        // CRI-O does not pull from such a location, so a credential for it would be misleading.
        if (place.Use is not (PlaceUse.Blocked or PlaceUse.Skipped))
        {
            page.Text.Append("     ")
                .Append(page.Explanation.IsRoutingOnly ? Fitting(place) : Found(place.Found))
                .Append('\n');
        }
    }

    private static string Fitting(ExplainedPlace place) =>
        "a pull secret fits with key "
        + $"{Alternatives.Of([.. place.Source.Reference.SelfAndParents.Select(key => $"\"{key}\"")])}";

    private string Found(FoundCredential? found)
    {
        if (found is null)
        {
            return page.Explanation.WhyNothing is null
                ? page.Style.Doubtful("finds nothing in the file: pulls without credentials")
                : page.Style.Doubtful("finds no file: uses the node's own credentials, if there are any");
        }

        var from = found.Origin.SecretName is { } secret
            ? $"secret \"{secret}\""
            : $"the node's {page.Explanation.NodeFile}";
        if (found.Hit.Rule == LookupRule.Helper)
        {
            return page.Style.Good($"asks the credential helper of \"{found.Hit.Key}\", from {from}");
        }

        var key = Explanation.PrintableKey(found.Hit.Key) is { } printable ? $"key \"{printable}\"" : "a key";
        var written =
            found.Origin.SecretName is null || found.Origin.Key == found.Hit.Key
                ? ""
                : $", stored as \"{found.Origin.Key}\"";
        var why = found.Hit.Rule switch
        {
            LookupRule.Exact => "it is this very repository",
            LookupRule.Parent when !found.Hit.Key.Contains('/', StringComparison.Ordinal) =>
                "it covers the whole registry",
            LookupRule.Parent => "it covers all below it",
            _ => "it is another way to write the registry",
        };
        if (found.Rivals.Count > 0)
        {
            why += $", as are {string.Join(", ", found.Rivals.Select(key => $"\"{key}\""))}: CRI-O takes any of them";
        }

        var line = $"{key} of {from}{written}: {why}";
        return found.Hit.IsUseful
            ? page.Style.Good(line)
            : page.Style.Doubtful(line + "; it contains no credential, so the pull is anonymous");
    }
}
