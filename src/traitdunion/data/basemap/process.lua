-- What is kept of OpenStreetMap for the ground of a map: water, woods, roads, railways, places.
-- A layer schema of our own: seven layers, each with a `kind`, names on places and main roads.
node_keys = { "place" }

local PLACES = { city = 6, town = 7, village = 10, suburb = 12, hamlet = 12, locality = 13 }
local ROADS = {
  motorway = 6, trunk = 6, primary = 8, secondary = 9, tertiary = 10, unclassified = 12,
  residential = 12, living_street = 12, pedestrian = 13, service = 13, track = 13,
}
local WATERWAYS = { river = 9, canal = 11, stream = 13 }
local RAILS = { rail = 8, narrow_gauge = 10, light_rail = 10, tram = 12, subway = 12 }
local WOODS = { forest = true, wood = true }
local BUILT = { residential = true, commercial = true, industrial = true, retail = true }

function init_function() end
function exit_function() end

function node_function(node)
  local place = node:Find("place")
  local name = node:Find("name")
  if PLACES[place] and name ~= "" then
    node:Layer("place", false)
    node:MinZoom(PLACES[place])
    node:Attribute("kind", place)
    node:Attribute("name", name)
  end
end

local function line(way, layer, kind, zoom)
  way:Layer(layer, false)
  way:MinZoom(zoom)
  way:Attribute("kind", kind)
end

local function area(way, layer, kind, zoom)
  way:Layer(layer, true)
  way:MinZoom(zoom)
  way:Attribute("kind", kind)
end

function way_function(way)
  local road = string.gsub(way:Find("highway"), "_link$", "")
  if ROADS[road] then
    line(way, "road", road, ROADS[road])
    -- Names of streets are read from close by; those of small ones would weigh too much.
    if ROADS[road] <= 10 then way:Attribute("name", way:Find("name"), 12) end
  end
  local rail = way:Find("railway")
  if RAILS[rail] and way:Find("service") == "" then line(way, "rail", rail, RAILS[rail]) end
  local waterway = way:Find("waterway")
  if WATERWAYS[waterway] then line(way, "waterway", waterway, WATERWAYS[waterway]) end
  if not way:IsClosed() then return end
  local natural, landuse = way:Find("natural"), way:Find("landuse")
  if natural == "water" or waterway == "riverbank" or landuse == "reservoir" then
    area(way, "water", "water", 6)
  elseif WOODS[natural] or WOODS[landuse] then
    area(way, "landuse", "wood", 9)
  elseif BUILT[landuse] then
    area(way, "landuse", "built", 9)
  elseif way:Find("building") ~= "" then
    area(way, "building", "building", 13)
  end
end
