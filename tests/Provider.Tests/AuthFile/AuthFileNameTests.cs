// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider.Tests.AuthFile;

public sealed class AuthFileNameTests
{
    private const string Sha256 = "7e59ad64326bc321517fb6fc6586de5ee149178394d9edfa2a877176cdf6fad5";
    private const string Uuid = "c56a4180-65aa-42ec-a945-5fd21dec0538";

    [Theory]
    [InlineData("docker.io/library/nginx", Sha256)]
    [InlineData("quay.io/crio/fedora-crio-ci", "7aa25047c59c6c2e20b839f5b9820e3702dade4a97154d4df1f5cd1a9b44cfde")]
    public void The_name_is_the_one_that_CRIO_looks_for(string image, string sha256) =>
        Assert.Equal($"default-{sha256}.json", AuthFileName.For("default", RepositoryName.OfLocation(image)));

    [Fact]
    public void A_namespace_that_leads_elsewhere_never_becomes_a_name()
    {
        var e = Assert.Throws<ProviderException>(() =>
            AuthFileName.For("../../x", RepositoryName.OfLocation("quay.io/a"))
        );
        Assert.Equal(
            (Reasons.NamespaceUnusable, "namespace \"../../x\" cannot be part of a file name"),
            (e.Reason, e.Problem)
        );
    }

    [Theory]
    [InlineData("default", "default", true)]
    [InlineData("default", "default-2", false)]
    [InlineData("default-2", "default", false)]
    [InlineData("a", "b", false)]
    public void A_name_belongs_to_the_whole_namespace_in_it(string ns, string other, bool isOf)
    {
        var image = HandOverWorld.Repository("quay.io/a");
        var name = AuthFileName.For(other, image);
        Assert.Equal(isOf, AuthFileName.IsOf(ns, name));
        Assert.Equal(AuthFileName.Digest(image), AuthFileName.DigestIn(name));
    }

    [Theory]
    [InlineData($"default-{Sha256}.json", true, false)]
    [InlineData($"a-{Sha256}.json", true, false)]
    [InlineData($"-{Sha256}.json", false, false)]
    [InlineData($"{Sha256}.json", false, false)]
    [InlineData($"default-{Sha256}-{Uuid}.json", false, true)]
    [InlineData($"a-{Sha256}-{Uuid}.json", false, true)]
    [InlineData($"-{Sha256}-{Uuid}.json", false, false)]
    [InlineData($"default-{Sha256}_{Uuid}.json", false, false)]
    [InlineData($"default-{Sha256}-c56a418065aa42eca9455fd21dec0538.json", false, false)]
    [InlineData($"default-{Sha256}-{Uuid}", false, false)]
    [InlineData($"-{Uuid}.json", false, false)]
    [InlineData($"{Uuid}.json", false, false)]
    [InlineData("c56a4180-65aa-42ec-a945-5fd2.json", false, false)]
    [InlineData(".json", false, false)]
    [InlineData("", false, false)]
    public void A_file_is_untaken_or_in_use_by_its_name(string name, bool isUntaken, bool isInUse) =>
        Assert.Equal((isUntaken, isInUse), (AuthFileName.IsUntaken(name), AuthFileName.IsInUse(name)));
}
