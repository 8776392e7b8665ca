// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Mirrors;

/// <summary>The hosts that are one registry for the kubelet and CRI-O.</summary>
internal static class DockerHub
{
    /// <summary>As images name it.</summary>
    public const string Name = "docker.io";

    /// <summary>Its name in docker configs of old, and CRI-O's for all three.</summary>
    public const string Index = "index.docker.io";

    /// <summary>Where it answers; a key of this name is one for Docker Hub.</summary>
    public const string Server = "registry-1.docker.io";

    /// <summary>The first part of an official image's path.</summary>
    public const string Library = "library/";
}
