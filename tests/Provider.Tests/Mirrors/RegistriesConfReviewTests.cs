// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.Mirrors;

public sealed class RegistriesConfReviewTests
{
    [Theory]
    [InlineData(
        "[[registry]]\nlocation='x.io'\nmirrors=['m.io']",
        "3: CRI-O ignores \"mirrors\", which is not a key of [[registry]]; did you mean [[registry.mirror]]?"
    )]
    [InlineData(
        "[[registry]]\nlocation='x.io'\nlocatoin='y.io'",
        "3: CRI-O ignores \"locatoin\", which is not a key of [[registry]]; did you mean \"location\"?"
    )]
    [InlineData(
        "[[registry]]\nlocation='x.io'\nshort-name-mode='disabled'",
        "3: CRI-O ignores \"short-name-mode\", which is not a key of [[registry]]: write it before the first table "
            + "header"
    )]
    [InlineData(
        "[[registry]]\nlocation='x.io'\n[[registry.mirror]]\nlocation='m.io'\nblocked=true",
        "5: CRI-O ignores \"blocked\", which is not a key of [[registry.mirror]]: write it below [[registry]], before "
            + "[[registry.mirror]]"
    )]
    [InlineData(
        "[[registry]]\nlocation='x.io'\nprefixxx='y.io'",
        "3: CRI-O ignores \"prefixxx\", which is not a key of [[registry]]; did you mean \"prefix\"?"
    )]
    [InlineData("[[registries]]\nlocation='x.io'", "")]
    [InlineData(
        "[[registrys]]\nlocation='x.io'",
        "1: CRI-O ignores \"registrys\", which is not a key of the file; did you mean [[registry]]?"
    )]
    [InlineData( // as near to "registries" of the old format
        "[[registrxs]]\nlocation='x.io'",
        "1: CRI-O ignores \"registrxs\", which is not a key of the file; did you mean [[registry]]?"
    )]
    [InlineData(
        "location='x.io'",
        "1: CRI-O ignores \"location\", which is not a key of the file: write it below [[registry]] or "
            + "[[registry.mirror]]"
    )]
    [InlineData(
        "unqualified-search-registry=['x.io']",
        "1: CRI-O ignores \"unqualified-search-registry\", which is not a key of the file"
    )]
    [InlineData(
        "[registries.insecur]\nregistries=['x.io']",
        "1: CRI-O ignores \"insecur\", which is not a key of [registries]; did you mean \"insecure\"?"
    )]
    [InlineData("something-else=1", "1: CRI-O ignores \"something-else\", which is not a key of the file")]
    [InlineData(
        "[[Registry]]\nLOCATION='x.io'\nPrefix='x.io'\nBlocked=false\nInsecure=false\nmirror-by-digest-only=false\n[[Registry.Mirror]]\nlocation='m.io'\npull-from-mirror='all'\n",
        ""
    )]
    [InlineData(
        "unqualified-search-registries=[]\ncredential-helpers=[]\nshort-name-mode=''\nadditional-layer-store-auth-helper=''\n[aliases]\nanything='x.io/y'\n",
        ""
    )]
    public void A_key_that_CRI_O_ignores_is_named_with_its_line_and_what_was_meant(string toml, string expected)
    {
        var remarks = RegistriesConfReview.IgnoredKeys([
            new RegistriesConfDocument("/r.conf", toml, TomlDocument.Parse("/r.conf", toml)),
        ]);
        Assert.Equal(
            expected.Length == 0 ? "" : $"/r.conf:{expected}",
            string.Join('\n', remarks.Select(remark => remark.Line))
        );
    }
}
